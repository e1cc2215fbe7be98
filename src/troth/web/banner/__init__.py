"""The banner: what a website puts into its pages to ask before it stores or reads anything that needs consent."""
