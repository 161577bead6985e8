"""Trialogue: one self-hosted chat platform for people, assistants and customers."""

__version__ = "0.1.0"
