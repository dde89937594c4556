"""Entry point of the page: ``fairterms app``, or ``streamlit run app.py``."""

from analyzer.views.main import show_app

show_app()
