"""Calls with PJSIP, as described by a JSON file; prints one JSON object a line for what happens.

usage: pjsip_phone.py PLAN.json

PLAN: {"uri": null to wait for calls only, "port": of the phone itself, 0 for any, "transport": "udp"|"tcp"|"tls", "caller", "wav": path or null, "heard": [path of a WAV per
call], "keys": [[seconds after the answer, "12#"], ...], "key_way": "event"|"info",
"holds": [[seconds after the answer, for how long], ...],
"encryption": "off"|"offered"|"required", "codec": "PCMU"|"PCMA"|"G722",
"rtp_port": first port for media, "ending": "peer"|"before_answer"|seconds after the answer,
"longest": seconds,
"answers": [what to do with the first call that comes in after these, with the second, ...]}
An answer: {"status": a refusal, or 200, or 180 to let it ring for ever, "keys", "wav", "heard",
"ending"} as above.
"""

import json
import os
import sys
import time

import pjsua2 as pj

PLAN = json.load(open(sys.argv[1], encoding="utf-8"))
KINDS = {
    "udp": pj.PJSIP_TRANSPORT_UDP,
    "tcp": pj.PJSIP_TRANSPORT_TCP,
    "tls": pj.PJSIP_TRANSPORT_TLS,
}
KEY_WAYS = {"event": pj.PJSUA_DTMF_METHOD_RFC2833, "info": pj.PJSUA_DTMF_METHOD_SIP_INFO}
ENCRYPTION = {
    "off": pj.PJMEDIA_SRTP_DISABLED,
    "offered": pj.PJMEDIA_SRTP_OPTIONAL,
    "required": pj.PJMEDIA_SRTP_MANDATORY,
}


def say(**event):
    print(json.dumps(event), flush=True)


def start_endpoint():
    endpoint = pj.Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.logConfig.level = 0
    config.logConfig.consoleLevel = 0
    config.uaConfig.threadCnt = 1
    config.uaConfig.maxCalls = max(4, len(PLAN["heard"]))
    endpoint.libInit(config)
    endpoint.audDevManager().setNullDev()
    for kind in sorted({"udp", PLAN["transport"]}):
        transport = pj.TransportConfig()
        transport.port = PLAN["port"] if kind == PLAN["transport"] else 0
        transport.boundAddress = transport.publicAddress = "127.0.0.1"
        endpoint.transportCreate(KINDS[kind], transport)
    endpoint.libStart()
    for codec in endpoint.codecEnum2():
        wanted = codec.codecId.startswith(PLAN["codec"] + "/")
        endpoint.codecSetPriority(codec.codecId, 255 if wanted else 0)
    return endpoint


class Account(pj.Account):
    """Takes calls, in the order of their answers."""

    def __init__(self):
        super().__init__()
        self.taken = []

    def onIncomingCall(self, prm):
        nth = len(self.taken)
        if nth >= len(PLAN["answers"]):
            refused = Call(self, nth, prm.callId)
            refused.refuse(480)
            self.taken.append(refused)
            return
        self.taken.append(TakenCall(self, nth, prm.callId, PLAN["answers"][nth]))

    def all_taken(self):
        enough = len(self.taken) >= len(PLAN["answers"])
        return enough and all(call.done for call in self.taken)


def make_account():
    config = pj.AccountConfig()
    config.idUri = "sip:%s@127.0.0.1" % PLAN["caller"]
    config.mediaConfig.transportConfig.port = PLAN["rtp_port"]
    config.mediaConfig.transportConfig.portRange = 200
    config.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
    config.mediaConfig.srtpUse = ENCRYPTION[PLAN["encryption"]]
    # Keys are never sent in the clear, whatever carries them is the test's business.
    config.mediaConfig.srtpSecureSignaling = 0
    account = Account()
    account.create(config)
    return account


class Call(pj.Call):
    answered_event, ended_event = "answered", "ended"

    def __init__(self, account, index, id=pj.PJSUA_INVALID_ID, plan=PLAN, heard=None):
        super().__init__(account, id)
        self.index = index
        self.plan = plan
        self.heard = heard
        self.player = self.recorder = None
        self.answered_at = None
        self.ringing = self.hung_up = self.done = False
        self.keys = list(plan["keys"])
        self.holds = [
            moment
            for after, length in plan.get("holds", [])
            for moment in ((after, True), (after + length, False))
        ]

    def onCallState(self, prm):
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_EARLY:
            self.ringing = True
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED and self.answered_at is None:
            self.answered_at = time.monotonic()
            say(call=self.index, event=self.answered_event)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.done = True
            by = "us" if self.hung_up else "peer"
            status = int(info.lastStatusCode)
            say(call=self.index, event=self.ended_event, by=by, status=status)

    def onCallMediaState(self, prm):
        # Kept in a variable: the list of streams lives no longer than it.
        info = self.getInfo()
        if not any(stream.status == pj.PJSUA_CALL_MEDIA_ACTIVE for stream in info.media):
            return
        media = self.getAudioMedia(-1)
        if self.recorder is None:
            self.recorder = pj.AudioMediaRecorder()
            self.recorder.createRecorder(self.heard)
            if self.plan["wav"]:
                self.player = pj.AudioMediaPlayer()
                self.player.createPlayer(self.plan["wav"], pj.PJMEDIA_FILE_NO_LOOP)
        media.startTransmit(self.recorder)
        if self.player:
            self.player.startTransmit(media)

    def turn(self):
        """What is due now."""
        if self.done or self.hung_up:
            return
        ending = self.plan["ending"]
        if ending == "before_answer" and self.ringing:
            return self.leave()
        if self.answered_at is None:
            return
        since = time.monotonic() - self.answered_at
        while self.keys and since >= self.keys[0][0]:
            self.press(self.keys.pop(0)[1])
        if self.holds and since >= self.holds[0][0]:
            self.hold(self.holds.pop(0)[1])
        if not isinstance(ending, str) and since >= ending:
            self.leave()

    def press(self, keys):
        press = pj.CallSendDtmfParam()
        press.method = KEY_WAYS[PLAN["key_way"]]
        press.digits = keys
        self.sendDtmf(press)

    def hold(self, on):
        order = pj.CallOpParam(True)
        if on:
            self.setHold(order)
        else:
            order.opt.flag = pj.PJSUA_CALL_UNHOLD
            self.reinvite(order)
        say(call=self.index, event="hold" if on else "resume")

    def leave(self):
        self.hung_up = True
        self.hangup(pj.CallOpParam())

    def refuse(self, status):
        order = pj.CallOpParam()
        order.statusCode = status
        self.hung_up = True
        self.hangup(order)


class TakenCall(Call):
    answered_event, ended_event = "taken", "taken_ended"

    def __init__(self, account, index, id, plan):
        super().__init__(account, index, id, plan, plan["heard"])
        say(call=index, event="called")
        if plan["status"] >= 300:
            return self.refuse(plan["status"])
        order = pj.CallOpParam()
        order.statusCode = plan["status"]
        self.answer(order)


def is_finished(path):
    """Whether the header of a WAV file tells its length."""
    with open(path, "rb") as file:
        return any(file.read(44)[40:])


def main():
    endpoint = start_endpoint()
    account = make_account()
    say(event="ready")
    heard = enumerate(PLAN["heard"])
    calls = [Call(account, index, heard=path) for index, path in heard]
    for call in calls:
        call.makeCall(PLAN["uri"], pj.CallOpParam(True))
    end = time.monotonic() + PLAN["longest"]
    while time.monotonic() < end:
        if all(call.done for call in calls) and account.all_taken():
            break
        time.sleep(0.02)
        for call in calls + account.taken:
            call.turn()
    calls += account.taken
    for call in calls:
        if not call.done:
            say(call=call.index, event="too_long")
            call.leave()
    last = time.monotonic() + 3
    while time.monotonic() < last and not all(call.done for call in calls):
        time.sleep(0.02)
    recorded = [call.heard for call in calls if call.recorder]
    for call in calls:
        # Deleting a recorder makes another thread write the rest of its file.
        call.player = call.recorder = None
    last = time.monotonic() + 3
    while time.monotonic() < last and not all(is_finished(path) for path in recorded):
        time.sleep(0.02)
    say(event="over")
    # Destroying the library asserts while a call object is alive.
    os._exit(0)


main()
