"""The store -> an answer: rates, what came back, and the pages that say so."""
