"""Suggested wording with its blanks filled from the document and the policy."""
