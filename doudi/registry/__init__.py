"""What we hold true: people, households, membership, dated facts, each with source and span."""
