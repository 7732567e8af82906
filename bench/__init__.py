"""What the portal costs: a generator of many files, the speed of the pages, the weight of the papers."""
