"""Files as a store: CSV, JSON Lines and Parquet, in a folder or in a bucket that speaks S3."""
