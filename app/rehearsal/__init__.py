"""The rehearsal: several devices and a MongoDB on one computer, and a verdict.

It fills stores with demo data, so nothing of the client imports it.
"""
