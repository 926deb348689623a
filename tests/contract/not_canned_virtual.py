"""The rest of the virtual OBS's requests: newer than the real subject, or not to be tried on it without harm."""

from __future__ import annotations

from tests.contract.not_canned import (
    ACTION,
    FOLDER,
    MEDIA,
    ON_AIR,
    OUTPUT,
    PAUSE,
    PROGRAMME,
    RECORD,
    STUDIO,
    Ask,
    Entry,
    S,
    reads,
    sets,
)

STINGER = "Stinger"
STREAM: Ask = (
    "SetStreamServiceSettings",
    {"streamServiceType": "rtmp_custom", "streamServiceSettings": {"server": "rtmp://127.0.0.1/x", "key": "k"}},
)
STREAMING = (STREAM, ("StartStream", None), ("pause", 0.1))
BUFFER = {"parameterCategory": "SimpleOutput", "parameterName": "RecRB", "parameterValue": "true"}
SECOND = {"profileName": "second"}
WITH_BUFFER = (("CreateProfile", SECOND), ("SetProfileParameter", BUFFER), ("CreateProfile", {"profileName": "third"}),
               ("SetCurrentProfile", SECOND))  # fmt: skip
"""A replay buffer is there only where the profile asked for it when it was loaded."""
BUFFERING = (*WITH_BUFFER, ("StartReplayBuffer", None), ("pause", 0.2))
VENDOR = {"vendorName": "kelan-virtual"}
FAULT = {"faults": ["refuse:GetStudioModeEnabled:702"]}
COLLECTION = {"sceneCollectionName": "second"}
STAND = (*ON_AIR, ("TriggerMediaInputAction", {"inputName": MEDIA, "mediaAction": f"{ACTION}PAUSE"}))

VIRTUAL: dict[str, Entry] = {
    "CallVendorRequest": sets(
        "CallVendorRequest", VENDOR | {"requestType": "SetFaults", "requestData": FAULT}, "GetStudioModeEnabled"
    ),
    "TriggerHotkeyByKeySequence": reads("TriggerHotkeyByKeySequence", {"keyId": "OBS_KEY_F1"},
                                        varied=("TriggerHotkeyByKeySequence", {"keyId": "F1"})),
    # settings; a change of the canvas leaves OBS 29 with a false clock, so it is not tried on the shared real one
    "GetVideoSettings": reads("GetVideoSettings", None,
                              ("SetVideoSettings", {"outputWidth": 320, "outputHeight": 322})),
    "SetVideoSettings": sets("SetVideoSettings", {"outputWidth": 330, "outputHeight": 332}, "GetVideoSettings"),
    "GetProfileList": reads("GetProfileList", None, ("CreateProfile", SECOND)),
    "CreateProfile": sets("CreateProfile", SECOND, "GetProfileList"),
    "SetCurrentProfile": sets(
        "SetCurrentProfile", SECOND, "GetProfileList",
        before=(("CreateProfile", SECOND), ("CreateProfile", {"profileName": "third"})),
    ),
    "RemoveProfile": sets("RemoveProfile", SECOND, "GetProfileList", before=(("CreateProfile", SECOND),)),
    "GetSceneCollectionList": reads("GetSceneCollectionList", None, ("CreateSceneCollection", COLLECTION)),
    "CreateSceneCollection": sets("CreateSceneCollection", COLLECTION, "GetSceneCollectionList"),
    "SetCurrentSceneCollection": sets(
        "SetCurrentSceneCollection", COLLECTION, "GetSceneList",
        before=(("CreateSceneCollection", COLLECTION), ("CreateScene", {"sceneName": "only there"}),
                ("CreateSceneCollection", {"sceneCollectionName": "third"})),
    ),
    "SetRecordDirectory": sets("SetRecordDirectory", {"recordDirectory": "/else/where"}, "GetProfileParameter", FOLDER),
    "GetSpecialInputs": reads("GetSpecialInputs", None,
                              ("SetInputName", {"inputName": "Desktop Audio", "newInputName": "renamed"})),
    # pictures, items, transitions
    "GetSceneItemSource": reads("GetSceneItemSource", {"sceneName": S, "sceneItemId": 1},
                                varied=("GetSceneItemSource", {"sceneName": S, "sceneItemId": 2})),
    "GetGroupList": reads("GetGroupList", None, ("SetCurrentSceneCollection", COLLECTION),
                          before=(("CreateSceneCollection", COLLECTION),
                                  ("SetCurrentSceneCollection", {"sceneCollectionName": "Untitled"}))),
    "SetCurrentSceneTransitionSettings": sets(
        "SetCurrentSceneTransitionSettings", {"transitionSettings": {"path": "a.webm"}}, "GetCurrentSceneTransition",
        before=(("SetCurrentSceneTransition", {"transitionName": STINGER}),),
    ),
    "SetTBarPosition": Entry(PROGRAMME, (("SetTBarPosition", {"position": 1.0}),),
                             before=(STUDIO, ("SetCurrentPreviewScene", {"sceneName": S}))),
    # media
    "SetMediaInputCursor": sets("SetMediaInputCursor", {"inputName": MEDIA, "mediaCursor": 1500}, "GetMediaInputStatus",
                                {"inputName": MEDIA}, pick="mediaCursor", before=STAND),
    "OffsetMediaInputCursor": sets("OffsetMediaInputCursor", {"inputName": MEDIA, "mediaCursorOffset": 700},
                                   "GetMediaInputStatus", {"inputName": MEDIA}, pick="mediaCursor", before=STAND),
    # outputs; on the real one a second's work each, and test_recording does it there
    "StopRecord": sets("StopRecord", {}, "GetRecordStatus", pick="outputActive", before=RECORD),
    "ToggleRecord": sets("ToggleRecord", {}, "GetRecordStatus", pick="outputActive"),
    "PauseRecord": sets("PauseRecord", {}, "GetRecordStatus", pick="outputPaused", before=RECORD),
    "ResumeRecord": sets("ResumeRecord", {}, "GetRecordStatus", pick="outputPaused",
                         before=(*RECORD, ("PauseRecord", None))),
    "ToggleRecordPause": sets("ToggleRecordPause", {}, "GetRecordStatus", pick="outputPaused", before=RECORD),
    "StartOutput": sets("StartOutput", OUTPUT, "GetRecordStatus", pick="outputActive",
                        before=(*RECORD, ("StopRecord", None), ("pause", 0.1))),
    "StopOutput": sets("StopOutput", OUTPUT, "GetRecordStatus", pick="outputActive", before=RECORD),
    "ToggleOutput": sets("ToggleOutput", OUTPUT, "GetRecordStatus", pick="outputActive", before=RECORD),
    "GetStreamStatus": reads("GetStreamStatus", None, *STREAMING[1:], pick="outputActive", before=(STREAM,)),
    "StartStream": sets("StartStream", {}, "GetStreamStatus", pick="outputActive", before=(STREAM,)),
    "StopStream": sets("StopStream", {}, "GetStreamStatus", pick="outputActive", before=STREAMING),
    "ToggleStream": sets("ToggleStream", {}, "GetStreamStatus", pick="outputActive", before=(STREAM,)),
    "SendStreamCaption": reads("SendStreamCaption", {"captionText": "x"}, *STREAMING),
    "GetReplayBufferStatus": reads("GetReplayBufferStatus", None, ("StartReplayBuffer", None), before=WITH_BUFFER),
    "StartReplayBuffer": sets("StartReplayBuffer", {}, "GetReplayBufferStatus", before=WITH_BUFFER),
    "StopReplayBuffer": sets("StopReplayBuffer", {}, "GetReplayBufferStatus", before=BUFFERING),
    "ToggleReplayBuffer": sets("ToggleReplayBuffer", {}, "GetReplayBufferStatus", before=WITH_BUFFER),
    "SaveReplayBuffer": Entry(act=(("SaveReplayBuffer", None),), told="ReplayBufferSaved", before=BUFFERING),
    "GetLastReplayBufferReplay": reads("GetLastReplayBufferReplay", None, ("SaveReplayBuffer", None), PAUSE,
                                       before=BUFFERING),
    "GetVirtualCamStatus": reads("GetVirtualCamStatus", None, ("StartVirtualCam", None)),
    "StartVirtualCam": sets("StartVirtualCam", {}, "GetVirtualCamStatus"),
    "StopVirtualCam": sets("StopVirtualCam", {}, "GetVirtualCamStatus", before=(("StartVirtualCam", None),)),
    "ToggleVirtualCam": sets("ToggleVirtualCam", {}, "GetVirtualCamStatus"),
}  # fmt: skip

APART = {
    "GetVersion": "the persona's own; test_not_canned compares two personas and holds the list against behaviour",
    "GetTransitionKindList": "the same list in every build of OBS; held against the transitions there are",
    "GetSourceFilterKindList": "the same list in every build of OBS; each kind on it can be made",
    "SaveSourceScreenshot": "its effect is a file, looked at in test_not_canned and test_pictures",
    "Sleep": "its effect is time, measured in test_not_canned and test_batches",
}
"""Requests that need a test of their own, and why."""
