"""The script that Streamlit runs for each visitor; everything else is imported once."""

from dashboard.frame import show_page

if __name__ == "__main__":
    show_page()
