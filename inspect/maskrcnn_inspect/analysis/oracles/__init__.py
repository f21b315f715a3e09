"""Oracles: what if one stage were perfect?"""
