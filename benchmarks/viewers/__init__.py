"""What fifty people in front of Airflow's UI wait for, when the metrics store holds ten million metrics."""
