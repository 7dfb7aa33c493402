"""低保边缘家庭: above the dibao line, below a multiple of it (1.5 nationally)."""
