"""Tests of the tables of every drug code and of its names."""
