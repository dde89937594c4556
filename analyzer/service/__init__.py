"""A small web service for other systems: a document goes in, a report comes out."""
