"""The page on which documents are reviewed; with ``app.py`` the only place that imports Streamlit."""
