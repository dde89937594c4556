"""Entry point of the page: ``fairterms app``, or ``streamlit run app.py``."""

from analyzer.views.page import show_page

show_page()
