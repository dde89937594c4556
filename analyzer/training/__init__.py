"""Learning from labelled samples: reading and checking them, models, new rules, and how good all of it is."""
