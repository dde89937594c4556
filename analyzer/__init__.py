"""Fairterms reads RFPs and contract terms and marks what drives good vendors away."""

__version__ = "0.1.0"
