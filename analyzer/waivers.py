"""Waivers: findings that an agency accepts, with reason, author, authority and end."""
