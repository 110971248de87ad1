"""Speeds as ratios against something named in the same run."""
