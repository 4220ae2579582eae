"""Retrains on new data every night, with Sinter. For Airflow 2.4 or newer; copy it into the folder of DAGs.

Workers need the unpacked bundle in /opt/sinter and Spark 3.5 in /opt/spark.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.bash import BashOperator

SINTER = "/opt/sinter/sinter"
SPARK = "--master yarn --properties-file /opt/sinter/cluster-configs/yarn/spark-defaults.conf"
CONFIG = "/opt/sinter/cluster-configs/schedules/xrays.yaml"
REGISTRY = "hdfs:///sinter/xrays/registry"
ENVIRONMENT = {"SPARK_HOME": "/opt/spark", "HADOOP_CONF_DIR": "/etc/hadoop/conf"}

with DAG(
    dag_id="sinter_retrain",
    description="new data -> warm start -> challenger against champion -> promote or keep",
    schedule="15 2 * * *",
    start_date=datetime(2026, 1, 1),
    # Days that were missed are one retraining: it takes all that is new.
    catchup=False,
    # A second one beside it would only be refused (REGISTRY_IN_USE).
    max_active_runs=1,
    default_args={
        # A task that failed goes on from its last checkpoint when it is tried again.
        "retries": 2,
        "retry_delay": timedelta(minutes=10),
        "execution_timeout": timedelta(hours=20),
    },
) as dag:
    retrain = BashOperator(
        task_id="retrain",
        bash_command=f"{SINTER} {SPARK} -- retrain {CONFIG} --json -",
        env=ENVIRONMENT,
        append_env=True,
    )

    # What there is afterwards, in the log of the task.
    versions = BashOperator(
        task_id="versions",
        bash_command=f"{SINTER} --master local[1] -- models --registry {REGISTRY}",
        env=ENVIRONMENT,
        append_env=True,
    )

    retrain >> versions
