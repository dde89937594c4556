"""The reviewers' workspace: projects, documents, decisions and their history in a database."""
