package enforcer

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"

	"cloister.dev/lab/policy"
)

// address is one pod's address and the sandbox that holds it.
type address struct {
	Sandbox string     `json:"sandbox"`
	Pod     policy.Pod `json:"pod"`
}

// addressBook is the announced addresses. It is kept in a file: after a restart the rules must be those of before.
type addressBook struct {
	file    string
	entries map[string]address // by IP
}

func openAddressBook(file string) (*addressBook, error) {
	book := &addressBook{file: file, entries: map[string]address{}}
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return book, nil
	}
	if err != nil {
		return nil, err
	}
	return book, json.Unmarshal(text, &book.entries)
}

// put replaces whatever had the address before: a removal that never arrived must not stand in the way.
func (b *addressBook) put(entry address) { b.entries[entry.Pod.IP] = entry }

func (b *addressBook) removeSandbox(sandbox string) {
	for ip, entry := range b.entries {
		if entry.Sandbox == sandbox {
			delete(b.entries, ip)
		}
	}
}

func (b *addressBook) save() error {
	text, err := json.Marshal(b.entries)
	if err != nil {
		return err
	}
	if err := os.WriteFile(b.file+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(b.file+".new", b.file)
}

func (b *addressBook) pods() []policy.Pod {
	pods := make([]policy.Pod, 0, len(b.entries))
	for _, entry := range b.entries {
		pods = append(pods, entry.Pod)
	}
	slices.SortFunc(pods, func(a, b policy.Pod) int { return strings.Compare(a.IP, b.IP) })
	return pods
}
