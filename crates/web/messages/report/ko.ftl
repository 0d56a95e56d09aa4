# 차량 페이지: 확인기의 보고서에 없는 말.
date = { $year }년 { $month ->
    [1] 1
    [2] 2
    [3] 3
    [4] 4
    [5] 5
    [6] 6
    [7] 7
    [8] 8
    [9] 9
    [10] 10
    [11] 11
   *[12] 12
}월 { $day }일
unchecked = 아직 브라우저가 확인하지 않았습니다
unchecked-text = 브라우저가 모든 서명과 증명을 확인하기 전까지 이 내용은 원장 서버의 말입니다.
unchecked-no-script = 브라우저에서 스크립트가 꺼져 있어 이 페이지를 스스로 확인할 수 없습니다. 확인하려면 아래에서 기록부를 내려받아 다른 브라우저의 확인 페이지나 carnet 프로그램에 주십시오.
outcome-by-browser = 브라우저가 원장 { $log }의 정책으로 { $ms } ms 만에 직접 확인했습니다.
outcome-own-code = 이 브라우저에는 엄격하게 판정하는 Ed25519가 없어 페이지의 코드를 대신 썼습니다. 답은 같고 조금 느립니다.
outcome-differs = 페이지와 증명이 다릅니다
outcome-differs-text = 기록부는 온전하지만 이 페이지에 나열된 진술과 정확히 같지 않습니다. 페이지를 믿지 말고 내려받은 기록부를 확인하십시오.
outcome-failed = 브라우저가 확인하지 못했습니다
report-complete = { $time } 기준 빠짐없음
findings = 눈에 띄는 점
findings-none = 진술들 사이에 어긋나는 점이 없습니다.
findings-nothing-left = 판단할 것이 없습니다. 이 차에 대한 진술은 더는 하나도 읽을 수 없습니다.
findings-erased = 진술 { $count }건 중 { $erased }건은 내용이 삭제되었으며, 그 내용은 여기에서 판단하지 않았습니다.
findings-hint = 발견 사항은 증거이지 판결이 아닙니다. 무엇에 근거하고 무엇으로 해결되는지 밝힙니다. 발견 사항이 없다는 것은 진술한 출처만큼만 믿을 수 있습니다.
level-stop = 구매 전에 반드시 해결
level-warn = 심각
level-ask = 물어보십시오
level-note = 참고
finding-rests = 근거
finding-tried = 검토한 무해한 설명
finding-settles = 해결할 수 있는 것
finding-blind = 출처가 보여 줄 수 없는 것
finding-not-stated = 진술되지 않음
readings-table = 모든 기록을 표로
reading = 기록
date-column = 날짜
remark = 비고
chart-doubted = 발견 사항의 근거
battery = 배터리
battery-certificate = 인증서 { $number }
battery-none = 전기로 달리는 차인데 이 원장에 배터리 인증서가 없습니다.
standing = 상태
standing-in_force = 유효
standing-suspended = 효력 정지
standing-revoked = 취소
standing-expired = 만료
standing-as-of = { $time } 기준, 원장 위치 { $index }의 진술에 따름
grade = 등급
soh = 건강 상태(SoH)
soh-range = { $value } % (95 % 신뢰도로 { $low }~{ $high } %)
valid-until = 유효 기한
odometer-limit = 그리고 주행거리 한도
credential-matches = 서명된 인증서가 기록부에 있고, 해시값이 봉인된 것과 같습니다.
credential-differs = 기록부의 인증서가 봉인된 것과 다릅니다. 의지하지 마십시오.
sources = 진술한 출처
sources-blind = 다루지 않는 것
sources-silent = 여기서 말하지 않은 출처
key = 키
key-valid = 유효
key-revoked-later = 이후 폐지됨
download = 기록부 내려받기
download-hint = 네트워크 없이도, 우리 없이도 이 모든 것을 증명하는 파일 하나입니다. 개인정보 항목은 빠져 있으며, 판매자는 그것이 담긴 기록부를 줄 수 있습니다.
download-hint-shared = 네트워크 없이도, 우리 없이도 이 모든 것을 증명하는 파일 하나입니다. 이 링크를 보낸 사람이 고른 항목이 담겨 있습니다.
check-yourself = 기록부 파일 직접 확인하기
share-note = { $who }이(가) 고른 항목과 함께 이 차를 보여 줍니다. 링크는 { $date }까지 유효합니다.
timeline-hint = 시간순, 진술되고 서명된 그대로.
documents-list = 언급된 모든 문서({ $count }건)
documents-named = 진술은 문서를 해시값(SHA-256)으로 가리킵니다. 확인 페이지에서 가지고 있는 파일과 비교할 수 있습니다.
