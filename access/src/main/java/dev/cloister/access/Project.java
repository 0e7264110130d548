package dev.cloister.access;

import java.util.List;
import java.util.Optional;

/**
 * What the access decision needs of a project.
 *
 * @param name the project's name
 * @param approval the approved window
 * @param members who may work in it; a person is listed once
 */
public record Project(String name, Window approval, List<Membership> members) {

    /** The membership of that person, if there is one. */
    public Optional<Membership> member(String researcher) {
        return members.stream().filter(m -> m.researcher().equals(researcher)).findFirst();
    }
}
