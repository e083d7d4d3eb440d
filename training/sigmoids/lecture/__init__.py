"""The first lecture of Hung-yi Lee's Machine Learning (2021) with this estimator, and its pictures."""
