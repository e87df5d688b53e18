"""Reads: settled reviews into arrays, arrays into figures."""
