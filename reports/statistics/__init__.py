"""Exact figures from counts and durations: numbers in, numbers out. Knows nothing of items, reviews or dates.

The standard library is enough, and a report starts in milliseconds. Every formula names its source. What comes out
agrees with scipy, statsmodels, lifelines and R to seven digits; tests/reports/reference_cases.json holds what they say.
"""
