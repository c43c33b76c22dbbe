"""One billing rule a file, pure and scalar: interval, dose, per diem, drug units, visit, day and number."""
