"""最低生活保障: the household whose income per head is below the line and whose property is within the rules."""
