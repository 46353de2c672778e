"""How good is one strategy, and which of two is better?"""
