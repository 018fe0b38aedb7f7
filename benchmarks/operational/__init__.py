"""How often the judge of single series, and the slow channel, cry wolf; what they catch, and when."""
