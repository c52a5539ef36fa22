package main

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/docker/docker/api/types"
	"github.com/docker/docker/client"
	cri "k8s.io/cri-api/pkg/apis/runtime/v1alpha2"
	"k8s.io/kubernetes/pkg/kubelet/dockershim"
)

// withStats repairs the shim's container statistics, without which `kubectl top` shows nothing: its own count memory on
// Windows only, take seconds for each container, and fail as a whole when one of them has just ended.
type withStats struct {
	dockershim.CRIService
	docker *client.Client
	root   string
}

func (s withStats) ContainerStats(ctx context.Context, r *cri.ContainerStatsRequest) (*cri.ContainerStatsResponse, error) {
	found := s.collect(ctx, &cri.ContainerFilter{Id: r.ContainerId})
	if len(found) == 0 {
		return nil, fmt.Errorf("container %s is not running", r.ContainerId)
	}
	return &cri.ContainerStatsResponse{Stats: found[0]}, nil
}

func (s withStats) ListContainerStats(ctx context.Context, r *cri.ListContainerStatsRequest) (*cri.ListContainerStatsResponse, error) {
	filter := &cri.ContainerFilter{}
	if asked := r.GetFilter(); asked != nil {
		filter.Id, filter.PodSandboxId, filter.LabelSelector = asked.Id, asked.PodSandboxId, asked.LabelSelector
	}
	return &cri.ListContainerStatsResponse{Stats: s.collect(ctx, filter)}, nil
}

// collect asks all running containers side by side and leaves out those that do not answer any more.
func (s withStats) collect(ctx context.Context, filter *cri.ContainerFilter) []*cri.ContainerStats {
	filter.State = &cri.ContainerStateValue{State: cri.ContainerState_CONTAINER_RUNNING}
	list, err := s.ListContainers(ctx, &cri.ListContainersRequest{Filter: filter})
	if err != nil {
		return nil
	}
	answers := make([]*cri.ContainerStats, len(list.Containers))
	var asking sync.WaitGroup
	for i, container := range list.Containers {
		asking.Add(1)
		go func(i int, container *cri.Container) {
			defer asking.Done()
			answers[i], _ = s.ask(ctx, container)
		}(i, container)
	}
	asking.Wait()
	found := answers[:0]
	for _, answer := range answers {
		if answer != nil {
			found = append(found, answer)
		}
	}
	return found
}

func (s withStats) ask(ctx context.Context, container *cri.Container) (*cri.ContainerStats, error) {
	answer, err := s.docker.ContainerStatsOneShot(ctx, container.Id)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var read types.StatsJSON
	if err := json.NewDecoder(answer.Body).Decode(&read); err != nil {
		return nil, err
	}
	now := time.Now().UnixNano()
	return &cri.ContainerStats{
		Attributes: &cri.ContainerAttributes{Id: container.Id, Metadata: container.Metadata, Labels: container.Labels, Annotations: container.Annotations},
		Cpu:        &cri.CpuUsage{Timestamp: now, UsageCoreNanoSeconds: count(read.CPUStats.CPUUsage.TotalUsage)},
		Memory:     &cri.MemoryUsage{Timestamp: now, WorkingSetBytes: count(workingSet(read.MemoryStats))},
		WritableLayer: &cri.FilesystemUsage{
			Timestamp: now, FsId: &cri.FilesystemIdentifier{Mountpoint: s.root}, UsedBytes: count(0), InodesUsed: count(0),
		},
	}, nil
}

// workingSet is what cannot be given back: usage without file pages that nobody used lately (named by cgroup v1 or v2).
func workingSet(memory types.MemoryStats) uint64 {
	idle, isV1 := memory.Stats["total_inactive_file"]
	if !isV1 {
		idle = memory.Stats["inactive_file"]
	}
	if idle > memory.Usage {
		return 0
	}
	return memory.Usage - idle
}

func count(n uint64) *cri.UInt64Value { return &cri.UInt64Value{Value: n} }
