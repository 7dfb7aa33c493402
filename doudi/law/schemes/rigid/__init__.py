"""刚性支出困难家庭: income below the local average, most of it spent on the unavoidable."""
