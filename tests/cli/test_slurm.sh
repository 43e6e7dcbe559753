#!/bin/bash
# SPDX-License-Identifier: MIT
# The job array of experiments/README.md under a real SLURM of one node, where it is installed: jobs are killed and
# requeued, and the tables are those of a serial run.
. tests/cli/lib.sh

# ---- the script of the document, by hand ----
awk '/^```/ {inside = 0} inside {print} /^```bash job.sbatch$/ {inside = 1}' "$root/experiments/README.md" >job.sbatch
holds "the script of experiments/README.md" grep -q SLURM_ARRAY_TASK_ID job.sbatch
printf 'echo one\necho two; exit 5\n' >todo.sh
check "it runs its line" 0 env SLURM_ARRAY_TASK_ID=1 bash job.sbatch
holds "it runs its line, and no other" test "$(cat out)" = one
check "it ends as its line does" 5 env SLURM_ARRAY_TASK_ID=2 bash job.sbatch

for program in slurmctld slurmd munged sbatch; do
    PATH=$PATH:/usr/sbin command -v $program >found 2>&1 || {
        echo "skip slurm: no $program here (Debian: slurmctld slurmd slurm-client munge)"
        exit 0
    }
done
[ "$(id -u)" = 0 ] || {
    echo "skip slurm: its daemons want to be started by root"
    exit 0
}
export PATH=$PATH:/usr/sbin SLURM_CONF=$work/slurm.conf

# ---- one node ----
chmod 755 "$work"
mkdir munge state spool
head -c 1024 /dev/urandom >munge/key && chmod 400 munge/key && chmod 700 munge
munged --force --key-file munge/key --socket "$work/munge.socket" --pid-file "$work/munge.pid" --log-file "$work/munge.log" \
    --seed-file "$work/munge/seed" >munged_out 2>&1
port=$((20000 + $$ % 20000))
cat >slurm.conf <<CONF
ClusterName=here
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CryptoType=crypto/munge
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
MpiDefault=none
ReturnToService=2
MailProg=/bin/true
KillWait=5
SchedulerParameters=bf_interval=1,sched_interval=1,batch_sched_delay=0
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES State=UP
CONF
slurmctld -c >slurmctld_out 2>&1
slurmd -N "$(hostname -s)" >slurmd_out 2>&1
finish() {
    for daemon in slurmd slurmctld munge; do
        [ -e "$work/$daemon.pid" ] && kill "$(cat "$work/$daemon.pid")" 2>kill_err
    done
    sleep 0.5
    rm -rf "$work"
}
trap finish EXIT
for _ in $(seq 100); do
    sinfo -h -o %T 2>sinfo_err | grep -q idle && break
    sleep 0.1
done
if ! sinfo -h -o %T 2>sinfo_err | grep -q idle; then
    echo "skip slurm: its daemons do not start here: $(tail -qn 1 slurmctld.log slurmd.log munge.log sinfo_err 2>&1 | tr '\n' ' ')"
    exit 0
fi

# ---- the job array, as documented ----
small s
sed -i -e 's/N: 50/N: 500/' -e 's/alpha: .*/alpha: [0, 10, 1000, 2000]/' -e 's/seeds: 4/seeds: 6/' s/experiment.yaml
check "a serial run" 0 "$overlap" run s --out whole --jobs 1
check "plan --todo" 0 "$overlap" plan s --out array --todo --chunk 1
cp out todo.sh
check "sbatch" 0 sbatch --parsable --array=1-"$(grep -vc '^#' todo.sh)" job.sbatch
job=$(cat out)
running() { squeue -h -t R -o %i -j "$job" 2>squeue_err; }
ended() { ! squeue -h -j "$job" 2>squeue_err | grep -q .; }
requeued=0
for round in 1 2 3; do # a running task goes back into the queue; another is killed
    for _ in $(seq 100); do
        [ -n "$(running)" ] && break
        sleep 0.1
    done
    running | head -n 1 | xargs -r -n 1 scontrol requeue && requeued=$round
    pkill -KILL -f "$overlap run $work/s --out $work/array.*--seed $round " # its line fails, as on a node that went down
done
for _ in $(seq 300); do
    ended && break
    # what was requeued is not started for two minutes: unless one says so
    squeue -h -r -t PD -o %i -j "$job" 2>squeue_err | while read -r task; do scontrol update JobId="$task" StartTime=now 2>scontrol_err; done
    sleep 0.2
done
holds "tasks were requeued" test $requeued -gt 0
holds "all tasks have ended" ended
check "what is left" 0 "$overlap" plan s --out array --todo
if ! grep -q '^# nothing is left' out; then
    cp out todo.sh
    check "sbatch again" 0 sbatch --parsable --wait --array=1-"$(grep -vc '^#' todo.sh)" job.sbatch
    check "what is left now" 0 "$overlap" plan s --out array --todo
fi
says "nothing is left" '^# nothing is left to run' out
for t in whole/*.csv; do
    holds "the bytes of a serial run: $(basename "$t")" cmp "$t" "array/$(basename "$t")"
done
