/** Limits on who is in which room. */
export interface RoomLimits {
  readonly roomsPerMemberMax: number;
  readonly roomsMax: number;
  readonly membersPerRoomMax: number;
}

/** Who listens in which room; members are compared by identity. */
export interface Rooms<Member> {
  /** False when a limit forbids it; true, and no change, when the member is in already. */
  readonly enter: (member: Member, name: string) => boolean;
  readonly leave: (member: Member, name: string) => void;
  readonly leaveAll: (member: Member) => void;
  /** Everyone in the room, in order of entry; empty for a room that nobody is in. */
  readonly membersOf: (name: string) => readonly Member[];
  readonly count: () => number;
}

/** Creates the table of rooms. A room exists while somebody is in it. */
export const createRooms = <Member>(limits: RoomLimits): Rooms<Member> => {
  const membersByName = new Map<string, Set<Member>>();
  const namesByMember = new Map<Member, Set<string>>();

  const leave = (member: Member, name: string): void => {
    const members = membersByName.get(name);
    const names = namesByMember.get(member);
    if (members?.delete(member) && members.size === 0) membersByName.delete(name);
    if (names?.delete(name) && names.size === 0) namesByMember.delete(member);
  };

  return {
    enter: (member, name) => {
      const members = membersByName.get(name) ?? new Set();
      const names = namesByMember.get(member) ?? new Set();
      if (members.has(member)) return true;
      if (names.size >= limits.roomsPerMemberMax) return false;
      if (members.size >= limits.membersPerRoomMax) return false;
      if (members.size === 0 && membersByName.size >= limits.roomsMax) return false;
      membersByName.set(name, members.add(member));
      namesByMember.set(member, names.add(name));
      return true;
    },
    leave,
    leaveAll: (member) => {
      for (const name of [...(namesByMember.get(member) ?? [])]) leave(member, name);
    },
    membersOf: (name) => [...(membersByName.get(name) ?? [])],
    count: () => membersByName.size,
  };
};
