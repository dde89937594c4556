"""A solicitation with its terms and attachments as one thing: roles, order of precedence, conflicts, exposure."""
