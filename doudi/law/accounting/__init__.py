"""The figures that several schemes share: people, income of twelve months, property, residence.

A rule's docstring is what a receipt quotes: `名称：怎样算出来的`. Amounts are fen; sums are over the twelve
months before the month of application and stay unrounded until an amount is paid or a figure is shown.
"""
