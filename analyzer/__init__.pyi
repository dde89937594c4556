from analyzer.checking import check_files as check
from analyzer.engine import Analyzer as Analyzer

__all__ = ["Analyzer", "__version__", "check"]

__version__: str
