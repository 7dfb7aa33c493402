"""刚性支出困难家庭: income below the local average, and more than a set share of it spent on what cannot be avoided."""
