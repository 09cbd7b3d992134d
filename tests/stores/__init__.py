"""Tests of pipeline.stores."""
