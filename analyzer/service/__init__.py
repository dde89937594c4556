"""The web service behind ``fairterms serve``: documents in, reports out, for programs that call."""
