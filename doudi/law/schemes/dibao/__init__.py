"""最低生活保障: income per head below the line, property within the rules."""
