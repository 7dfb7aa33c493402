"""One folder, one scheme: `spec.py` its table of contents, `rules.py` what it computes, `cases.toml`."""
