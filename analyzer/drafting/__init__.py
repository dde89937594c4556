"""Slips of drafting that embarrass an agency: what no pattern of words can show, since two places are compared."""
