"""What all tests share: hypothesis without deadlines, since the machines that run them are slow at times.

Hypothesis is imported here, before any test: its plugin would import it in the end otherwise, where a warning of one
of its own plugins counts as an error.
"""

from hypothesis import settings

settings.register_profile("fairterms", deadline=None)
settings.load_profile("fairterms")
