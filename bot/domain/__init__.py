"""Pure values and rules: references, files, outcomes, every sentence. No I/O."""
