"""Tests of what is aimed at and how far it is."""
