from analyzer.engine import Analyzer as Analyzer

__version__: str
