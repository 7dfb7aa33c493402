"""The twelve indicators (default plan DEFAULT-12-2026, not statutory): they rank and prompt, never decide."""
