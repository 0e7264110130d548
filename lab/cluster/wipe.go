package cluster

import (
	"os"

	"cloister.dev/lab/process"
)

// wipe removes everything the cluster left on this machine. `down`, and `up` after a crash or after half of the
// state was removed by hand, are this one path: it looks at what is there instead of at what should be there.
func (c Cluster) wipe(keepLogs bool) error {
	if err := process.KillAll(c.Dir); err != nil {
		return err
	}
	if c.HasNode {
		if err := c.releaseHost(); err != nil {
			return err
		}
	}
	entries, err := os.ReadDir(c.Dir)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if keepLogs && entry.Name() == "logs" {
			continue
		}
		if err := os.RemoveAll(c.path(entry.Name())); err != nil {
			return err
		}
	}
	if keepLogs {
		return nil
	}
	return os.Remove(c.Dir)
}
