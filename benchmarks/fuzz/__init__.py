"""Coverage-guided fuzzing with atheris of what reads the files of strangers.

    pip install atheris
    python -m benchmarks.fuzz {word,page,rich-text,rules,phrase,regex} CORPUS [-max_total_time=600 ...]

CORPUS is a folder that keeps inputs which reached something new; an empty one is filled with seeds first. The rest are
options of libFuzzer. A target lets through what a reader may raise (DocumentError, RuleError, ValueError of the phrase
language) and nothing else, not even where a guard further out would turn it into one of these.
"""
